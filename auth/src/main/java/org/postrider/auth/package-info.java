/** SASL mechanisms, password hashing and login throttling; pure: no socket, no store. */
@NullMarked
package org.postrider.auth;

import org.jspecify.annotations.NullMarked;
