package org.postrider.cli;

import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import org.postrider.control.ByteSize;
import org.postrider.control.operation.Operation;
import org.postrider.control.operation.UserAdd;
import org.postrider.control.operation.UserDisable;
import org.postrider.control.operation.UserEnable;
import org.postrider.control.operation.UserList;
import org.postrider.control.operation.UserPassword;
import org.postrider.control.operation.UserQuota;
import org.postrider.control.operation.UserRemove;
import org.postrider.control.operation.UserRestore;
import org.postrider.control.operation.UserSet;
import org.postrider.control.operation.UserShow;
import org.postrider.control.operation.UserView;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code postrider user}. */
@Command(
    subcommands = {
      UserCommand.Add.class,
      UserCommand.ListAll.class,
      UserCommand.Show.class,
      UserCommand.Password.class,
      UserCommand.Disable.class,
      UserCommand.Enable.class,
      UserCommand.Remove.class,
      UserCommand.Restore.class,
      UserCommand.Quota.class,
      UserCommand.Set.class
    },
    footer = {"", "Example:", "  postrider user add alice@example.org"})
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class UserCommand extends Group {
  private static final String ADDRESS = "The user's address, for instance alice@example.org.";

  private static String quota(UserView user) {
    String size = user.bytesMax() == 0 ? "" : ByteSize.format(user.bytesMax());
    String count = user.messagesMax() == 0 ? "" : user.messagesMax() + " messages";
    if (size.isEmpty() && count.isEmpty()) {
      return "none";
    }
    return size + (size.isEmpty() || count.isEmpty() ? "" : ", ") + count;
  }

  private static String hold(UserView user) {
    return user.holdSeconds() == null
        ? "as queue.hold-seconds says"
        : user.holdSeconds() + " s before mail is sent";
  }

  private static String state(UserView user) {
    if (!user.enabled()) {
      return "disabled";
    }
    return user.hasPassword() ? "enabled" : "no password";
  }

  @Command(
      name = "add",
      description = "Add a user with folders, and the domain when it is new.",
      footer = {
        "Examples:",
        "  postrider user add alice@example.org",
        "  echo secret | postrider user add --password-stdin alice@example.org"
      })
  static final class Add extends Verb<UserAdd.Reply> {
    @Parameters(paramLabel = "ADDRESS", description = ADDRESS)
    private String address;

    @Mixin private PasswordSource source;

    @Override
    Operation<UserAdd.Reply> operation() {
      return new UserAdd(address, source.password(spec(), address));
    }

    @Override
    void print(UserAdd.Reply reply, PrintWriter out) {
      String login = reply.user().login();
      String domain = login.substring(login.lastIndexOf('@') + 1);
      out.println(
          "Added " + login + (reply.newDomain() ? "; the domain " + domain + " is new." : "."));
      source.printGenerated(out);
      if (!reply.clientSettings().isEmpty()) {
        out.println();
        MailClientText.print(reply.clientSettings(), out);
      }
    }
  }

  @Command(
      name = "list",
      description = "Show the users.",
      footer = {
        "Examples:",
        "  postrider user list example.org",
        "  postrider user list --removed"
      })
  static final class ListAll extends Verb<UserList.Reply> {
    @Parameters(paramLabel = "DOMAIN", arity = "0..1", description = "Of this domain only.")
    private @Nullable String domain;

    @Option(names = "--removed", description = "Those that were removed and can be restored.")
    private boolean removed;

    @Override
    Operation<UserList.Reply> operation() {
      return new UserList(domain);
    }

    @Override
    void print(UserList.Reply reply, PrintWriter out) {
      if (removed) {
        printRemoved(reply, out);
        return;
      }
      Table table = new Table("USER", "STATE", "MESSAGES", "SIZE", "QUOTA");
      for (UserView user : reply.users()) {
        table.row(
            user.login(), state(user), user.messages(), ByteSize.format(user.bytes()), quota(user));
      }
      if (table.isEmpty()) {
        out.println("No user yet: `postrider user add alice@example.org` adds one.");
      } else {
        table.print(out, "");
      }
    }

    private static void printRemoved(UserList.Reply reply, PrintWriter out) {
      Table table = new Table("USER", "MESSAGES", "SIZE", "REMOVED");
      for (UserList.Removed user : reply.removed()) {
        table.row(
            user.login(), user.messages(), ByteSize.format(user.bytes()), moment(user.removed()));
      }
      if (table.isEmpty()) {
        out.println("No removed user can be restored.");
      } else {
        table.print(out, "");
      }
    }
  }

  @Command(
      name = "show",
      description = "Show everything about a user.",
      footer = {"Example:", "  postrider user show alice@example.org"})
  static final class Show extends Verb<UserShow.Reply> {
    @Parameters(paramLabel = "ADDRESS", description = ADDRESS)
    private String address;

    @Override
    Operation<UserShow.Reply> operation() {
      return new UserShow(address);
    }

    @Override
    void print(UserShow.Reply reply, PrintWriter out) {
      UserView user = reply.user();
      out.println("User       " + user.login() + " (" + state(user) + ")");
      out.println("Addresses  " + String.join(", ", user.addresses()));
      if (!reply.aliases().isEmpty()) {
        out.println("Aliases    " + String.join(", ", reply.aliases()));
      }
      out.println("Mail       " + user.messages() + " messages, " + ByteSize.format(user.bytes()));
      out.println("Quota      " + quota(user));
      out.println("Hold       " + hold(user));
      out.println("Since      " + user.created());
      if (!reply.clientSettings().isEmpty()) {
        out.println();
        MailClientText.print(reply.clientSettings(), out);
      }
    }
  }

  @Command(
      name = "password",
      description = "Set a user's password.",
      footer = {
        "Examples:",
        "  postrider user password alice@example.org",
        "  postrider user password --generate alice@example.org"
      })
  static final class Password extends Verb<UserPassword.Reply> {
    @Parameters(paramLabel = "ADDRESS", description = ADDRESS)
    private String address;

    @Mixin private PasswordSource source;

    @Override
    Operation<UserPassword.Reply> operation() {
      return new UserPassword(address, source.password(spec(), address));
    }

    @Override
    void print(UserPassword.Reply reply, PrintWriter out) {
      out.println("The password of " + reply.login() + " is set.");
      source.printGenerated(out);
    }
  }

  @Command(
      name = "disable",
      description = "Forbid a user to log in and to get mail; what is there stays.",
      footer = {"Example:", "  postrider user disable alice@example.org"})
  static final class Disable extends Verb<UserDisable.Reply> {
    @Parameters(paramLabel = "ADDRESS", description = ADDRESS)
    private String address;

    @Override
    Operation<UserDisable.Reply> operation() {
      return new UserDisable(address);
    }

    @Override
    void print(UserDisable.Reply reply, PrintWriter out) {
      out.println(reply.login() + (reply.changed() ? " is disabled." : " was disabled already."));
    }
  }

  @Command(
      name = "enable",
      description = "Let a disabled user log in and get mail again.",
      footer = {"Example:", "  postrider user enable alice@example.org"})
  static final class Enable extends Verb<UserEnable.Reply> {
    @Parameters(paramLabel = "ADDRESS", description = ADDRESS)
    private String address;

    @Override
    Operation<UserEnable.Reply> operation() {
      return new UserEnable(address);
    }

    @Override
    void print(UserEnable.Reply reply, PrintWriter out) {
      out.println(reply.login() + (reply.changed() ? " is enabled." : " was enabled already."));
    }
  }

  @Command(
      name = "remove",
      description = "Remove a user; the mail is kept until the retention ends.",
      footer = {"Example:", "  postrider user remove alice@example.org"})
  static final class Remove extends Verb<UserRemove.Reply> {
    @Parameters(paramLabel = "ADDRESS", description = ADDRESS)
    private String address;

    @Override
    Operation<UserRemove.Reply> operation() {
      return new UserRemove(address);
    }

    @Override
    void print(UserRemove.Reply reply, PrintWriter out) {
      out.println(
          "Removed "
              + reply.login()
              + "; the mail is kept for "
              + duration(reply.retentionSeconds())
              + ".");
    }
  }

  @Command(
      name = "restore",
      description = "Restore a removed user with folders and mail, but without a password.",
      footer = {
        "Examples:",
        "  postrider user restore alice@example.org",
        "  postrider user restore alice@example.org --as alice.old@example.org"
      })
  static final class Restore extends Verb<UserRestore.Reply> {
    @Parameters(paramLabel = "ADDRESS", description = ADDRESS)
    private String address;

    @Option(
        names = "--as",
        paramLabel = "ADDRESS",
        description = "The user's new address, when the old one is taken.")
    private @Nullable String as;

    @Override
    Operation<UserRestore.Reply> operation() {
      return new UserRestore(address, as);
    }

    @Override
    void print(UserRestore.Reply reply, PrintWriter out) {
      out.println(
          "Restored "
              + reply.login()
              + " with "
              + reply.messages()
              + " messages ("
              + ByteSize.format(reply.bytes())
              + "); `postrider user password "
              + reply.login()
              + "` lets the user log in again.");
    }
  }

  @Command(
      name = "quota",
      description = "Show or set how much mail a user may have.",
      footer = {
        "Examples:",
        "  postrider user quota alice@example.org --size 2GB",
        "  postrider user quota alice@example.org --size none --messages 100000"
      })
  static final class Quota extends Verb<UserQuota.Reply> {
    private static final String NONE = "none";

    @Parameters(paramLabel = "ADDRESS", description = ADDRESS)
    private String address;

    @Option(names = "--size", paramLabel = "SIZE", description = "For instance 500MB, or none.")
    private @Nullable String size;

    @Option(names = "--messages", paramLabel = "COUNT", description = "A number, or none.")
    private @Nullable String messages;

    @Override
    Operation<UserQuota.Reply> operation() {
      try {
        return new UserQuota(
            address,
            size == null ? null : Long.valueOf(size.equals(NONE) ? 0 : ByteSize.parse(size)),
            messages == null ? null : count(messages));
      } catch (IllegalArgumentException e) {
        throw new ParameterException(spec().commandLine(), e.getMessage() + ", or none.", e);
      }
    }

    private static Long count(String text) {
      if (text.equals(NONE)) {
        return 0L;
      }
      if (!text.matches("\\d{1,18}")) {
        throw new IllegalArgumentException("'" + text + "' is not a count: write a number");
      }
      return Long.valueOf(text);
    }

    @Override
    void print(UserQuota.Reply reply, PrintWriter out) {
      UserView user = reply.user();
      out.println(
          user.login()
              + " has "
              + user.messages()
              + " messages, "
              + ByteSize.format(user.bytes())
              + " (quota: "
              + quota(user)
              + ").");
    }
  }

  @Command(
      name = "set",
      description = "Set what is a user's own in place of what the configuration says for all.",
      footer = {
        "Examples:",
        "  postrider user set alice@example.org --hold-seconds 30",
        "  postrider user set alice@example.org --hold-seconds default"
      })
  static final class Set extends Verb<UserSet.Reply> {
    private static final String DEFAULT = "default";

    @Parameters(paramLabel = "ADDRESS", description = ADDRESS)
    private String address;

    @Option(
        names = "--hold-seconds",
        paramLabel = "SECONDS",
        required = true,
        description =
            "How long what the user submits waits before it is sent, so that it can be taken back;"
                + " default: as queue.hold-seconds says. From the next login on.")
    private String holdSeconds;

    @Override
    Operation<UserSet.Reply> operation() {
      if (holdSeconds.equals(DEFAULT)) {
        return new UserSet(address, UserSet.AS_CONFIGURED);
      }
      if (!holdSeconds.matches("\\d{1,9}")) {
        throw new ParameterException(
            spec().commandLine(),
            "'" + holdSeconds + "' is not a time: write seconds, or " + DEFAULT + ".");
      }
      return new UserSet(address, Integer.valueOf(holdSeconds));
    }

    @Override
    void print(UserSet.Reply reply, PrintWriter out) {
      out.println(reply.user().login() + ": hold " + hold(reply.user()) + ".");
    }
  }
}
