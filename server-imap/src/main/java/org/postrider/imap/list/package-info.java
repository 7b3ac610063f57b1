/** LIST: options, patterns and the tree of names (RFC 3501 §6.3.8, RFC 5258). */
@NullMarked
package org.postrider.imap.list;

import org.jspecify.annotations.NullMarked;
