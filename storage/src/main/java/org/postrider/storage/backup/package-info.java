/** Backups of a store: a directory of files, their making, checking and restoring. */
@NullMarked
package org.postrider.storage.backup;

import org.jspecify.annotations.NullMarked;
