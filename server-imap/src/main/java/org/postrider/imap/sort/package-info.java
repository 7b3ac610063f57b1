/** The order of SORT (RFC 5256, RFC 5957). */
@NullMarked
package org.postrider.imap.sort;

import org.jspecify.annotations.NullMarked;
