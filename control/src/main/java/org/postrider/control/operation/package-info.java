/**
 * The administration operations: a record per request, with its execution and its reply, and the
 * table of them all. A new one is a record and a row.
 */
@NullMarked
package org.postrider.control.operation;

import org.jspecify.annotations.NullMarked;
