/**
 * The control socket, by which the command line talks to a running server, and the client that does
 * without when none runs.
 */
@NullMarked
package org.postrider.control;

import org.jspecify.annotations.NullMarked;
