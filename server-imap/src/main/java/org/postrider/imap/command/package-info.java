/** The commands, one file each, and their table. */
@NullMarked
package org.postrider.imap.command;

import org.jspecify.annotations.NullMarked;
