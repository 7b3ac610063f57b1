package org.postrider.control.operation;

/** Removes a domain that has neither users nor aliases left. */
public record DomainRemove(String domain) implements Operation<DomainRemove.Reply> {
  /** The domain that was removed. */
  public record Reply(String domain) {}

  @Override
  public Reply execute(Administration administration, Progress progress) throws Refusal {
    String name = Lookup.domain(domain);
    administration.store().directory().removeDomain(name);
    return new Reply(name);
  }
}
