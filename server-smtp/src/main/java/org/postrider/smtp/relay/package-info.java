/**
 * Mail on its way out: finds the next hop, speaks SMTP as a client, tries again, and reports what
 * did not arrive.
 */
@NullMarked
package org.postrider.smtp.relay;

import org.jspecify.annotations.NullMarked;
