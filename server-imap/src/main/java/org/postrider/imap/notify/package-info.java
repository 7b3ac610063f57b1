/** Telling clients what happens in mailboxes they watch (RFC 5465). */
@NullMarked
package org.postrider.imap.notify;

import org.jspecify.annotations.NullMarked;
