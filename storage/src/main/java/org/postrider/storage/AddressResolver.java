package org.postrider.storage;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Follows one address to its destinations: itself, without detail, the catch-all of its domain;
 * aliases lead on, each address is looked at once.
 */
final class AddressResolver {
  /** Aliases that lead to aliases are followed this far. */
  static final int DEPTH_MAX = 16;

  /** Destinations of one address; what is beyond is left out. */
  static final int DESTINATIONS_MAX = 10_000;

  private final Connection connection;
  private final Map<AccountId, Resolution.LocalRecipient> local = new LinkedHashMap<>();
  private final Set<String> remote = new LinkedHashSet<>();
  private final Set<String> seen = new HashSet<>();
  private boolean disabled;
  private boolean viaAlias;
  private @Nullable Group group;

  AddressResolver(Connection connection) {
    this.connection = connection;
  }

  /** Where the address leads, or null when to nobody. */
  @Nullable Resolution resolve(Addresses.Parts address) throws SQLException {
    if (!follow(address, 0)) {
      if (!AccountRows.isDomain(connection, address.domain())) {
        return new Resolution.NotLocal();
      }
      return null;
    }
    if (!local.isEmpty() || !remote.isEmpty()) {
      return new Resolution.Deliverable(
          List.copyOf(local.values()), List.copyOf(remote), viaAlias, group);
    }
    return disabled ? new Resolution.Disabled() : null;
  }

  /** Gathers the destinations of an address; false when nobody has it. */
  private boolean follow(Addresses.Parts address, int depth) throws SQLException {
    if (depth > DEPTH_MAX || local.size() + remote.size() >= DESTINATIONS_MAX) {
      return true;
    }
    if (!seen.add(address.toString())) {
      return true;
    }
    Addresses.Parts base = address.base();
    if (found(address, "", depth)) {
      return true;
    }
    if (!base.equals(address) && found(base, address.detail(), depth)) {
      return true;
    }
    return found(new Addresses.Parts("*", address.domain()), "", depth);
  }

  private boolean found(Addresses.Parts address, String detail, int depth) throws SQLException {
    String text = address.toString();
    AccountRows.Owner owner = AccountRows.owner(connection, text);
    if (owner != null) {
      if (owner.enabled()) {
        local.putIfAbsent(
            owner.account(), new Resolution.LocalRecipient(owner.account(), text, detail));
      } else {
        disabled = true;
      }
      return true;
    }
    Alias alias = AliasRows.alias(connection, text);
    if (alias == null) {
      return false;
    }
    viaAlias = true;
    if (group == null && alias.isGroup()) {
      group = new Group(text, owner(address, alias), alias.posting());
    }
    for (String target : alias.targets()) {
      Addresses.Parts parts = Addresses.parse(target);
      if (!follow(parts, depth + 1) && !AccountRows.isDomain(connection, parts.domain())) {
        addRemote(target);
      }
    }
    return true;
  }

  private String owner(Addresses.Parts address, Alias alias) throws SQLException {
    if (alias.owner() != null) {
      return alias.owner();
    }
    String usual = "owner-" + address;
    return AccountRows.owner(connection, usual) != null
            || !AliasRows.targets(connection, usual).isEmpty()
        ? usual
        : "";
  }

  private void addRemote(String target) {
    if (local.size() + remote.size() < DESTINATIONS_MAX) {
      remote.add(target);
    }
  }

  /**
   * Whether an address is the account's own, with any detail, or an alias that leads to it alone.
   */
  boolean leadsTo(Addresses.Parts address, AccountId account) throws SQLException {
    for (Addresses.Parts candidate : List.of(address, address.base())) {
      AccountRows.Owner owner = AccountRows.owner(connection, candidate.toString());
      if (owner != null) {
        return owner.account().equals(account);
      }
      if (!AliasRows.targets(connection, candidate.toString()).isEmpty()) {
        return resolve(candidate) instanceof Resolution.Deliverable found
            && found.remote().isEmpty()
            && found.local().size() == 1
            && found.local().getFirst().account().equals(account);
      }
    }
    return false;
  }
}
