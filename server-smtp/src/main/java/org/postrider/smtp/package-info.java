/** The SMTP front-end (RFC 5321). */
@NullMarked
package org.postrider.smtp;

import org.jspecify.annotations.NullMarked;
