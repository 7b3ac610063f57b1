/** The command line: picocli commands that carry out administration operations. */
@NullMarked
package org.postrider.cli;

import org.jspecify.annotations.NullMarked;
