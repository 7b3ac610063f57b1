/** The IMAP front-end (RFC 3501). */
@NullMarked
package org.postrider.imap;

import org.jspecify.annotations.NullMarked;
