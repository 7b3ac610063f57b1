/**
 * The checks of mail that comes in: what is asked about a message that was received whole, before
 * it is filed or queued, and what speaks to the programs that answer (milters, rspamd, clamd).
 */
@NullMarked
package org.postrider.smtp.check;

import org.jspecify.annotations.NullMarked;
