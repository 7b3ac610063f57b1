/**
 * The only package that knows the database: accounts, mailboxes, contents, messages, queue, change
 * bus.
 */
@NullMarked
package org.postrider.storage;

import org.jspecify.annotations.NullMarked;
