/** The POP3 front-end (RFC 1939). */
@NullMarked
package org.postrider.pop3;

import org.jspecify.annotations.NullMarked;
