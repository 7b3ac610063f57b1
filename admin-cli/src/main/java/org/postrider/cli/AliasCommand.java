package org.postrider.cli;

import java.io.PrintWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.control.operation.AliasAdd;
import org.postrider.control.operation.AliasList;
import org.postrider.control.operation.AliasRemove;
import org.postrider.control.operation.AliasSet;
import org.postrider.control.operation.AliasView;
import org.postrider.control.operation.Operation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code postrider alias}. */
@Command(
    subcommands = {
      AliasCommand.Add.class,
      AliasCommand.ListAll.class,
      AliasCommand.Set.class,
      AliasCommand.Remove.class
    },
    footer = {"", "Example:", "  postrider alias add info@example.org alice@example.org"})
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class AliasCommand extends Group {

  private static String text(AliasView alias) {
    return alias.address() + " leads to " + String.join(", ", alias.targets()) + ".";
  }

  @Command(
      name = "add",
      description = "Make an alias, or add targets to one.",
      footer = {
        "Examples:",
        "  postrider alias add info@example.org alice@example.org",
        "  postrider alias add team@example.org alice@example.org bob@example.org",
        "  postrider alias add '*@example.org' alice@example.org      (all other addresses)"
      })
  static final class Add extends Verb<AliasAdd.Reply> {
    @Parameters(
        index = "0",
        paramLabel = "ADDRESS",
        description = "The alias; *@domain is the catch-all.")
    private String address;

    @Parameters(
        index = "1..*",
        arity = "1..*",
        paramLabel = "TARGET",
        description = "Where it leads, here or elsewhere.")
    private List<String> targets;

    @Override
    Operation<AliasAdd.Reply> operation() {
      return new AliasAdd(address, List.copyOf(targets));
    }

    @Override
    void print(AliasAdd.Reply reply, PrintWriter out) {
      out.println(text(reply.alias()));
    }
  }

  @Command(
      name = "list",
      description = "Show the aliases.",
      footer = {"Example:", "  postrider alias list example.org"})
  static final class ListAll extends Verb<AliasList.Reply> {
    @Parameters(paramLabel = "DOMAIN", arity = "0..1", description = "Of this domain only.")
    private @Nullable String domain;

    @Override
    Operation<AliasList.Reply> operation() {
      return new AliasList(domain);
    }

    @Override
    void print(AliasList.Reply reply, PrintWriter out) {
      boolean rules =
          reply.aliases().stream()
              .anyMatch(a -> a.owner() != null || !a.posting().equals("anyone"));
      Table table =
          rules
              ? new Table("ALIAS", "LEADS TO", "OWNER", "MAY WRITE")
              : new Table("ALIAS", "LEADS TO");
      for (AliasView alias : reply.aliases()) {
        String targets = String.join(", ", alias.targets());
        @Nullable String owner = alias.owner();
        if (rules) {
          table.row(alias.address(), targets, owner == null ? "-" : owner, alias.posting());
        } else {
          table.row(alias.address(), targets);
        }
      }
      if (table.isEmpty()) {
        out.println("No alias yet: `postrider alias add --help` shows how to make one.");
      } else {
        table.print(out, "");
      }
    }
  }

  @Command(
      name = "set",
      description = "Say who owns a group, and who may write to it.",
      footer = {
        "",
        "The owner hears when mail to a member fails. Unless one is set it is owner-NAME of the",
        "same domain, where there is that address, and else whoever wrote to the group.",
        "",
        "Examples:",
        "  postrider alias set team@example.org --owner alice@example.org",
        "  postrider alias set team@example.org --posting members",
        "  postrider alias set team@example.org --owner \"\"      (owner-team@example.org)"
      })
  static final class Set extends Verb<AliasSet.Reply> {
    @Parameters(paramLabel = "ADDRESS", description = "The alias.")
    private String address;

    @Option(
        names = "--owner",
        paramLabel = "ADDRESS",
        description = "Who hears of failures; empty for owner-NAME.")
    private @Nullable String owner;

    @Option(
        names = "--posting",
        paramLabel = "WHO",
        description = "Who may write to it: anyone, members (the owner too) or owner.")
    private @Nullable String posting;

    @Override
    Operation<AliasSet.Reply> operation() {
      return new AliasSet(address, owner, posting);
    }

    @Override
    void print(AliasSet.Reply reply, PrintWriter out) {
      AliasView alias = reply.alias();
      String owner = alias.owner();
      out.println(text(alias));
      out.println(
          "Owner: "
              + (owner == null ? "owner-" + alias.address() + ", if it is there" : owner)
              + "; may write to it: "
              + alias.posting()
              + ".");
    }
  }

  @Command(
      name = "remove",
      description = "Remove an alias, or only some of its targets.",
      footer = {
        "Examples:",
        "  postrider alias remove info@example.org",
        "  postrider alias remove team@example.org bob@example.org"
      })
  static final class Remove extends Verb<AliasRemove.Reply> {
    @Parameters(index = "0", paramLabel = "ADDRESS", description = "The alias.")
    private String address;

    @Parameters(
        index = "1..*",
        arity = "0..*",
        paramLabel = "TARGET",
        description = "The targets to remove; none for the whole alias.")
    private @Nullable List<String> targets;

    @Override
    Operation<AliasRemove.Reply> operation() {
      return new AliasRemove(address, targets == null ? List.of() : List.copyOf(targets));
    }

    @Override
    void print(AliasRemove.Reply reply, PrintWriter out) {
      AliasView left = reply.left();
      out.println(left == null ? "Removed " + reply.address() + "." : text(left));
    }
  }
}
