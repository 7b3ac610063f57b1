/** The postrider program: configuration, composition, life cycle. */
@NullMarked
package org.postrider.server;

import org.jspecify.annotations.NullMarked;
