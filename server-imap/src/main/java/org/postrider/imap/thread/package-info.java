/** The algorithms of THREAD (RFC 5256 §3); none of them recurses, however deep a thread is. */
@NullMarked
package org.postrider.imap.thread;

import org.jspecify.annotations.NullMarked;
