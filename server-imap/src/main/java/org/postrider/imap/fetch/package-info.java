/** FETCH: data items, sections, and how they are read in bulk (RFC 3501 §6.4.5). */
@NullMarked
package org.postrider.imap.fetch;

import org.jspecify.annotations.NullMarked;
