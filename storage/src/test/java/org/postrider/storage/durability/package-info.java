/**
 * The proofs of durability: the store on a disk that loses its power, and in a process that is
 * killed. {@code bench} runs them for longer.
 */
@NullMarked
package org.postrider.storage.durability;

import org.jspecify.annotations.NullMarked;
