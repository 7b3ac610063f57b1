/** The command line. */
@NullMarked
package org.postrider.cli;

import org.jspecify.annotations.NullMarked;
