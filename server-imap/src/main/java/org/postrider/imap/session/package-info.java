/** The state of an IMAP session and its view of a mailbox (RFC 3501 §3). */
@NullMarked
package org.postrider.imap.session;

import org.jspecify.annotations.NullMarked;
