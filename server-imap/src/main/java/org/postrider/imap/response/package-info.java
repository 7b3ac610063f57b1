/** What an IMAP server sends: untagged responses, response codes, completions (RFC 3501 §7). */
@NullMarked
package org.postrider.imap.response;

import org.jspecify.annotations.NullMarked;
