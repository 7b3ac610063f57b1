package org.postrider.storage;

/**
 * The group that an address is, or that an alias of one target leads to. Of groups in a group it is
 * the outermost.
 *
 * @param address canonical
 * @param owner who hears of failures, canonical; empty when nobody is that
 */
public record Group(String address, String owner, Alias.Posting posting) {}
