/** How texts are compared and what of a subject is (RFC 5051, RFC 5255, RFC 5256 §2.1). */
@NullMarked
package org.postrider.imap.collation;

import org.jspecify.annotations.NullMarked;
