/** What an IMAP client sends: lines, literals, atoms, sets, dates, mailbox names (RFC 3501 §9). */
@NullMarked
package org.postrider.imap.syntax;

import org.jspecify.annotations.NullMarked;
