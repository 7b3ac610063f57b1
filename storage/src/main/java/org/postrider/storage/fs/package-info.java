/** The file system that H2 writes through, so that a commit is durable when it returns. */
@NullMarked
package org.postrider.storage.fs;

import org.jspecify.annotations.NullMarked;
