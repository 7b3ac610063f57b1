/** The configuration: the settings there are, where their values come from, and what they make. */
@NullMarked
package org.postrider.server.config;

import org.jspecify.annotations.NullMarked;
