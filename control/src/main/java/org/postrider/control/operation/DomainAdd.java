package org.postrider.control.operation;

/** Makes a domain ours. */
public record DomainAdd(String domain) implements Operation<DomainAdd.Reply> {
  /** The domain that was added. */
  public record Reply(String domain) {}

  @Override
  public Reply execute(Administration administration, Progress progress) throws Refusal {
    String name = Lookup.domain(domain);
    administration.store().directory().addDomain(name);
    return new Reply(name);
  }

  @Override
  public boolean startsInstallation() {
    return true;
  }
}
