package org.postrider.cli;

import java.io.PrintWriter;
import org.postrider.control.operation.DomainAdd;
import org.postrider.control.operation.DomainList;
import org.postrider.control.operation.DomainRemove;
import org.postrider.control.operation.Operation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code postrider domain}. */
@Command(
    subcommands = {
      DomainCommand.Add.class,
      DomainCommand.ListAll.class,
      DomainCommand.Remove.class
    },
    footer = {"", "Example:", "  postrider domain add example.org"})
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class DomainCommand extends Group {

  @Command(
      name = "add",
      description = "Make a domain ours: mail for it is accepted.",
      footer = {"Example:", "  postrider domain add example.org"})
  static final class Add extends Verb<DomainAdd.Reply> {
    @Parameters(paramLabel = "DOMAIN", description = "For instance example.org.")
    private String domain;

    @Override
    Operation<DomainAdd.Reply> operation() {
      return new DomainAdd(domain);
    }

    @Override
    void print(DomainAdd.Reply reply, PrintWriter out) {
      out.println("Added " + reply.domain() + ".");
    }
  }

  @Command(
      name = "list",
      description = "Show our domains.",
      footer = {"Example:", "  postrider domain list --json"})
  static final class ListAll extends Verb<DomainList.Reply> {
    @Override
    Operation<DomainList.Reply> operation() {
      return new DomainList();
    }

    @Override
    void print(DomainList.Reply reply, PrintWriter out) {
      Table table = new Table("DOMAIN", "USERS", "ALIASES");
      reply.domains().forEach(domain -> table.row(domain.name(), domain.users(), domain.aliases()));
      if (table.isEmpty()) {
        out.println("No domain yet: `postrider domain add example.org` adds one.");
      } else {
        table.print(out, "");
      }
    }
  }

  @Command(
      name = "remove",
      description = "Remove a domain that has neither users nor aliases left.",
      footer = {"Example:", "  postrider domain remove example.org"})
  static final class Remove extends Verb<DomainRemove.Reply> {
    @Parameters(paramLabel = "DOMAIN", description = "For instance example.org.")
    private String domain;

    @Override
    Operation<DomainRemove.Reply> operation() {
      return new DomainRemove(domain);
    }

    @Override
    void print(DomainRemove.Reply reply, PrintWriter out) {
      out.println("Removed " + reply.domain() + ".");
    }
  }
}
