package org.postrider.control.operation;

import java.util.ArrayList;
import java.util.List;

/** Makes an alias, or adds targets to one. */
public record AliasAdd(String address, List<String> targets) implements Operation<AliasAdd.Reply> {
  /** The alias as it is now. */
  public record Reply(AliasView alias) {}

  @Override
  public Reply execute(Administration administration, Progress progress) throws Refusal {
    if (targets.isEmpty()) {
      throw new Refusal(
          Refusal.Reason.BAD_ARGUMENT,
          "An alias leads somewhere: name at least one address after " + address + ".");
    }
    List<String> addresses = new ArrayList<>();
    for (String target : targets) {
      addresses.add(Lookup.address(target));
    }
    return new Reply(
        AliasView.of(
            administration.store().directory().addAlias(Lookup.address(address), addresses)));
  }
}
