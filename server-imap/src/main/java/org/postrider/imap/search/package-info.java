/** SEARCH: keys and their evaluation (RFC 3501 §6.4.4). */
@NullMarked
package org.postrider.imap.search;

import org.jspecify.annotations.NullMarked;
