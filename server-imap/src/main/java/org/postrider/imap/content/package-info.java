/** Entries and contents read from the store in bulk, within bounds of memory. */
@NullMarked
package org.postrider.imap.content;

import org.jspecify.annotations.NullMarked;
