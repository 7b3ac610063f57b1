package org.postrider.control.operation;

import java.util.ArrayList;
import java.util.List;
import org.postrider.storage.Directory;

/** Our domains. */
public record DomainList() implements Operation<DomainList.Reply> {
  /** A domain and how many users and aliases it has. */
  public record Domain(String name, int users, int aliases) {}

  /** The domains, sorted. */
  public record Reply(List<Domain> domains) {}

  @Override
  public Reply execute(Administration administration, Progress progress) {
    Directory directory = administration.store().directory();
    List<Domain> domains = new ArrayList<>();
    for (String name : directory.domains()) {
      domains.add(
          new Domain(name, directory.accounts(name).size(), directory.aliases(name).size()));
    }
    return new Reply(domains);
  }
}
