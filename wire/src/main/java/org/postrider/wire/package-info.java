/**
 * The only package that knows sockets: listeners, connections, TLS, compression, connection limits.
 */
@NullMarked
package org.postrider.wire;

import org.jspecify.annotations.NullMarked;
