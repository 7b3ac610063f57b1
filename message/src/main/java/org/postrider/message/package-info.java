/** Pure values of the Internet message format: header fields, addresses, dates, MIME structure. */
@NullMarked
package org.postrider.message;

import org.jspecify.annotations.NullMarked;
