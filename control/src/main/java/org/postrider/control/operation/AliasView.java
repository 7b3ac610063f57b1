package org.postrider.control.operation;

import java.util.List;
import org.postrider.storage.Alias;

/** An alias as administrators see one. */
public record AliasView(String address, List<String> targets) {
  static AliasView of(Alias alias) {
    return new AliasView(alias.address(), alias.targets());
  }
}
