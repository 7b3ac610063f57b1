package org.postrider.control.operation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.Alias;
import org.postrider.storage.Directory;

/**
 * Removes targets of an alias, or the whole of it.
 *
 * @param targets empty for the whole alias
 */
public record AliasRemove(String address, List<String> targets)
    implements Operation<AliasRemove.Reply> {
  /** What is left of the alias; null when it is gone. */
  public record Reply(String address, @Nullable AliasView left) {}

  @Override
  public Reply execute(Administration administration, Progress progress) throws Refusal {
    Directory directory = administration.store().directory();
    String name = require(directory, address);
    List<String> gone = new ArrayList<>();
    for (String target : targets) {
      gone.add(Lookup.address(target));
    }
    directory.removeAlias(name, gone);
    Optional<AliasView> left = directory.alias(name).map(AliasView::of);
    return new Reply(name, left.orElse(null));
  }

  /** The canonical address of an alias that is there. */
  static String require(Directory directory, String address) throws Refusal {
    String name = Lookup.address(address);
    if (directory.alias(name).isEmpty()) {
      List<String> known = directory.aliases(null).stream().map(Alias::address).toList();
      throw new Refusal(
          Refusal.Reason.NOT_FOUND,
          "There is no alias "
              + address
              + NearestName.of(address, known)
                  .map(nearest -> "; did you mean " + nearest + "?")
                  .orElse(": `postrider alias list` shows all."));
    }
    return name;
  }
}
