package org.postrider.storage;

import java.util.List;

/**
 * An address that leads to others; a group when there are several.
 *
 * @param address canonical; the local part {@code *} is the domain's catch-all
 * @param targets canonical addresses, local or not, in the order given
 */
public record Alias(String address, List<String> targets) {}
