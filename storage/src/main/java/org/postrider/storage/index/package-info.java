/**
 * An index of what contents contain, so that a search need not read all of them. It is derived from
 * the store and can be made anew at any time.
 */
@NullMarked
package org.postrider.storage.index;

import org.jspecify.annotations.NullMarked;
