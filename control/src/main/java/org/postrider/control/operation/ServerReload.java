package org.postrider.control.operation;

import java.util.List;

/** Lets the running server take certificates and limits from its configuration. */
public record ServerReload() implements Operation<ServerReload.Reply> {
  /**
   * Done.
   *
   * @param needRestart keys whose change is in effect after a restart only
   */
  public record Reply(List<String> needRestart) {}

  @Override
  public Reply execute(Administration administration, Progress progress) throws Refusal {
    RunningServer server =
        administration
            .server()
            .orElseThrow(() ->
                new Refusal(
                    Refusal.Reason.CANNOT,
                    "No server runs on "
                        + administration.installation().data()
                        + ": there is nothing to reload."));
    return new Reply(server.reload());
  }

  @Override
  public boolean needsStore() {
    return false;
  }
}
