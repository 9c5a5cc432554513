/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* Peers, and what is on its way. */
#include "config.h"

#include <string.h>

#include "shoal-dbus-names.h"

#include "ctl/shoalctl-operation.h"

static const ShoalctlField peer_fields[] = {
  { "peer_id", "PeerId", "s", "Peer", 0 },
  { "addresses", "Addresses", "as", "Address", 0 },
  { "agent", "Agent", "s", "Agent", 0 },
  { "direction", "Direction", "s", "Direction", 0 },
  { "transport", "Transport", "s", NULL, 0 },
  { "latency_ms", "LatencyMs", "i", "Latency", SHOALCTL_VIEW_MS },
  { "bytes_up", "BytesUp", "t", "Sent", SHOALCTL_VIEW_BYTES },
  { "bytes_down", "BytesDown", "t", "Received", SHOALCTL_VIEW_BYTES },
  { "rate_up_bps", "RateUpBps", "t", NULL, 0 },
  { "rate_down_bps", "RateDownBps", "t", NULL, 0 },
  { "protocols", "Protocols", "as", NULL, 0 },
  { "connected_since", "ConnectedSince", "x", "Connected", SHOALCTL_VIEW_SINCE },
  { "is_bootstrap", "IsBootstrap", "b", NULL, 0 },
  { "kind", "Kind", "s", "Kind", 0 },
  { "score", "Score", "d", "Score", SHOALCTL_VIEW_SCORE },
  { "score_parts", "ScoreParts", "a{sv}", NULL, 0 },
  { "roles", "Roles", "as", "Roles", 0 },
  { "caps", "Caps", "a{sv}", NULL, 0 },
  { NULL },
};

static const ShoalctlField connect_fields[] = {
  { "peer_id", "", "s", "Connected to", 0 },
  { NULL },
};

static const ShoalctlField work_fields[] = {
  { "id", "", "s", "Id", 0 },
  { "kind", "Kind", "s", "Kind", 0 },
  { "title", "Title", "s", "What", 0 },
  { "state", "State", "s", "State", 0 },
  { "step", "Step", "s", NULL, 0 },
  { "progress", "Progress", "d", "Progress", SHOALCTL_VIEW_PERCENT },
  { "bytes_done", "BytesDone", "t", "Done", SHOALCTL_VIEW_BYTES },
  { "bytes_total", "BytesTotal", "t", "Of", SHOALCTL_VIEW_BYTES },
  { "rate_bps", "RateBps", "t", "Rate", SHOALCTL_VIEW_RATE },
  { "eta_s", "EtaS", "x", "Left", SHOALCTL_VIEW_SECONDS },
  { "sources", "Sources", "aa{sv}", "From", SHOALCTL_VIEW_SOURCES },
  { "app", "App", "s", NULL, 0 },
  { "cid", "Cid", "s", NULL, 0 },
  { "started", "Started", "x", NULL, 0 },
  { "result", "Result", "a{sv}", NULL, 0 },
  { "error", "ErrorName", "s", NULL, 0 },
  { "error_message", "ErrorMessage", "s", NULL, 0 },
  { NULL },
};

/* Long work has two kinds of objects; an id says which: "transfer-3", "operation-7". */
static const struct
{
  const char *prefix;
  const char *interface;
  const char *path;
} kinds[] = {
  { "transfer-", SHOAL_DBUS_INTERFACE_PREFIX "Transfer", SHOAL_DBUS_TRANSFERS_PATH "/" },
  { "operation-", SHOAL_DBUS_INTERFACE_PREFIX "Operation",
    SHOAL_DBUS_OPERATIONS_PATH "/" },
};

static void
run_peers (ShoalctlSession *session)
{
  g_autoptr (GPtrArray) peers
      = shoalctl_session_list (session, SHOAL_DBUS_INTERFACE_PREFIX "Peer");
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < peers->len; i++)
    json_array_add_object_element (
        array, shoalctl_json_from_proxy (peers->pdata[i], peer_fields));
  shoalctl_session_print_list (session, array, peer_fields, "No peer is connected.");
  shoalctl_session_done (session);
}

static void
connected (ShoalctlSession *session, GVariant *reply)
{
  JsonObject *object = json_object_new ();
  const char *path;

  g_variant_get (reply, "(&o)", &path);
  json_object_set_string_member (object, "peer_id", strrchr (path, '/') + 1);
  shoalctl_session_print_record (session, object, connect_fields);
  shoalctl_session_done (session);
}

static void
run_connect (ShoalctlSession *session)
{
  shoalctl_session_call (
      session, G_DBUS_PROXY (shoalctl_session_get_manager (session)), "Connect",
      g_variant_new ("(sa{sv})", shoalctl_session_get_word (session, 0), NULL),
      connected);
}

static void
run_disconnect (ShoalctlSession *session)
{
  shoalctl_session_call_done (
      session, G_DBUS_PROXY (shoalctl_session_get_manager (session)), "Disconnect",
      g_variant_new ("(s)", shoalctl_session_get_word (session, 0)));
}

static void
run_transfers (ShoalctlSession *session)
{
  JsonArray *array = json_array_new ();

  for (gsize k = 0; k < G_N_ELEMENTS (kinds); k++)
    {
      g_autoptr (GPtrArray) proxies = shoalctl_session_list (session, kinds[k].interface);

      for (guint i = 0; i < proxies->len; i++)
        {
          JsonObject *object = shoalctl_json_from_proxy (proxies->pdata[i], work_fields);
          const char *path = g_dbus_proxy_get_object_path (proxies->pdata[i]);
          g_autofree char *id
              = g_strconcat (kinds[k].prefix, strrchr (path, '/') + 1, NULL);

          json_object_set_string_member (object, "id", id);
          json_array_add_object_element (array, object);
        }
    }
  shoalctl_session_print_list (session, array, work_fields, "Nothing is on its way.");
  shoalctl_session_done (session);
}

static void
run_cancel (ShoalctlSession *session)
{
  const char *id = shoalctl_session_get_word (session, 0);
  g_autoptr (GDBusInterface) found = NULL;

  for (gsize k = 0; k < G_N_ELEMENTS (kinds) && found == NULL; k++)
    {
      g_autofree char *path = NULL;

      if (!g_str_has_prefix (id, kinds[k].prefix))
        continue;
      path = g_strconcat (kinds[k].path, id + strlen (kinds[k].prefix), NULL);
      if (g_variant_is_object_path (path))
        found = g_dbus_object_manager_get_interface (
            shoalctl_session_get_objects (session), path, kinds[k].interface);
    }
  if (found == NULL)
    shoalctl_session_fail_text (
        session, "There is no transfer or operation “%s”; see shoalctl transfers", id);
  else
    shoalctl_session_call_done (session, G_DBUS_PROXY (found), "Cancel", NULL);
}

const ShoalctlCommand shoalctl_network_commands[] = {
  { "peers", "", 0, 0, "List the connected peers", NULL, run_peers },
  { "connect", "MULTIADDR", 1, 1, "Connect to a peer", NULL, run_connect },
  { "disconnect", "PEER-ID", 1, 1, "Close the connections to a peer", NULL,
    run_disconnect },
  { "transfers", "", 0, 0, "List what is on its way and what is being done", NULL,
    run_transfers },
  { "cancel", "ID", 1, 1, "Stop a transfer or operation", NULL, run_cancel },
  { NULL },
};
