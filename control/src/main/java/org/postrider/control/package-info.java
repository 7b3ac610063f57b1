/** The administration operations: a record per request, its execution, its reply. */
@NullMarked
package org.postrider.control;

import org.jspecify.annotations.NullMarked;
