/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "discovery/mesh-caps-service.h"

#include "disco-test.h"
#include "net/iface/mesh-frame.h"

#define INTERVAL_US 1000

static const MeshCaps *
caps_of (MeshCapsService *service, NetTestNode *node)
{
  return mesh_caps_service_get_caps (service, mesh_host_get_peer_id (node->host));
}

static void
set_roots (MeshCapsService *service, const char *const *roots)
{
  g_autoptr (GPtrArray) array
      = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (; *roots != NULL; roots++)
    g_ptr_array_add (array, g_bytes_new_static (*roots, strlen (*roots)));
  mesh_caps_service_set_roots (service, array);
}

static void
test_tell (void)
{
  static const char *const roots[] = { "root-one", "root-two", NULL };
  static const char *const none[] = { NULL };
  NetTestNode a = net_test_node (1, NULL, NULL);
  NetTestNode b = net_test_node (2, NULL, "/ip4/127.0.0.1/tcp/0");
  g_autoptr (MeshCapsService) caps_a = mesh_caps_service_new (a.host, INTERVAL_US);
  g_autoptr (MeshCapsService) caps_b = mesh_caps_service_new (b.host, INTERVAL_US);
  g_autoptr (MeshConnection) connection = NULL;
  g_autoptr (GPtrArray) holders = NULL, nobody = NULL;
  g_autoptr (GError) error = NULL;
  guint64 counter;

  mesh_caps_service_set_roles (caps_a, MESH_CAPS_ROLE_SEEDER);
  mesh_caps_service_set_limits (caps_b, 1000, 2000);
  connection = net_test_connect (&a, &b, &error);
  g_assert_no_error (error);
  /* One exchange tells both. */
  net_test_wait (caps_of (caps_a, &b) != NULL && caps_of (caps_b, &a) != NULL);
  g_assert_cmpuint (caps_of (caps_b, &a)->roles, ==, MESH_CAPS_ROLE_SEEDER);
  g_assert_cmpuint (caps_of (caps_a, &b)->up_bps, ==, 1000);
  g_assert_cmpuint (caps_of (caps_a, &b)->down_bps, ==, 2000);
  /* Changes are told by either side. */
  mesh_caps_service_set_roles (caps_b, MESH_CAPS_ROLE_SEEDER | MESH_CAPS_ROLE_RELAY);
  set_roots (caps_b, roots);
  net_test_wait (caps_of (caps_a, &b)->n_roots == 2);
  g_assert_cmpuint (caps_of (caps_a, &b)->roles, ==,
                    MESH_CAPS_ROLE_SEEDER | MESH_CAPS_ROLE_RELAY);
  holders = mesh_caps_service_dup_holders (caps_a, (const guint8 *) "root-two", 8);
  g_assert_cmpuint (holders->len, ==, 1);
  nobody = mesh_caps_service_dup_holders (caps_a, (const guint8 *) "root-nil", 8);
  g_assert_cmpuint (nobody->len, ==, 0);
  /* What is the same is not said again. */
  counter = mesh_caps_service_get_own (caps_b)->counter;
  set_roots (caps_b, roots);
  mesh_caps_service_set_limits (caps_b, 1000, 2000);
  g_assert_cmpuint (mesh_caps_service_get_own (caps_b)->counter, ==, counter);
  set_roots (caps_b, none);
  net_test_wait (caps_of (caps_a, &b)->n_roots == 0);
  g_assert_null (caps_of (caps_a, &b)->roots);
  /* Who leaves is forgotten. */
  mesh_host_disconnect (a.host, mesh_host_get_peer_id (b.host));
  net_test_wait (caps_of (caps_a, &b) == NULL && caps_of (caps_b, &a) == NULL);
  g_clear_object (&caps_a);
  g_clear_object (&caps_b);
  net_test_node_clear (&a);
  net_test_node_clear (&b);
}

/* A peer that does not speak it is fine. */
static void
test_foreign (void)
{
  NetTestNode a = net_test_node (1, NULL, NULL);
  NetTestNode b = net_test_node (2, NULL, "/ip4/127.0.0.1/tcp/0");
  g_autoptr (MeshCapsService) caps_a = mesh_caps_service_new (a.host, INTERVAL_US);
  g_autoptr (MeshConnection) connection = NULL;
  g_autoptr (GError) error = NULL;

  connection = net_test_connect (&a, &b, &error);
  g_assert_no_error (error);
  net_test_wait (mesh_connection_get_peer_info (connection) != NULL);
  mesh_caps_service_set_roles (caps_a, MESH_CAPS_ROLE_SEEDER);
  g_assert_null (caps_of (caps_a, &b));
  g_assert_false (mesh_connection_is_closed (connection));
  g_clear_object (&caps_a);
  net_test_node_clear (&a);
  net_test_node_clear (&b);
}

/* Sends one message and returns the answer; NULL when there is none. */
static GBytes *
talk (NetTestNode *from, NetTestNode *to, const void *data, gsize len)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshStream) stream = net_test_open (from, to, MESH_CAPS_PROTOCOL, &error);
  g_autoptr (GAsyncResult) written = NULL, read = NULL;

  g_assert_no_error (error);
  g_output_stream_write_all_async (g_io_stream_get_output_stream (G_IO_STREAM (stream)),
                                   data, len, G_PRIORITY_DEFAULT, NULL,
                                   net_test_result_cb, &written);
  net_test_wait (written != NULL);
  g_output_stream_close_async (g_io_stream_get_output_stream (G_IO_STREAM (stream)),
                               G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  mesh_frame_read_async (g_io_stream_get_input_stream (G_IO_STREAM (stream)),
                         MESH_CAPS_MAX_BYTES, NULL, net_test_result_cb, &read);
  net_test_wait (read != NULL);
  return mesh_frame_read_finish (read, NULL);
}

static void
test_hostile (void)
{
  static const struct
  {
    const char *data;
    gsize len;
    gboolean is_answered;
  } cases[] = {
    { "\x00", 1, TRUE },          /* empty: a peer without anything */
    { "\x02\x08", 2, FALSE },     /* cut */
    { "\xff\xff\x7f", 3, FALSE }, /* two megabytes, it says */
    { "\x80\x00", 2, FALSE },     /* a length that is not minimal */
    { "", 0, FALSE },
    { "\x02\x32\x00", 3, TRUE }, /* nonsense is answered, and ignored */
  };
  NetTestNode a = net_test_node (1, NULL, NULL);
  NetTestNode b = net_test_node (2, NULL, "/ip4/127.0.0.1/tcp/0");
  g_autoptr (MeshCapsService) caps_b = mesh_caps_service_new (b.host, INTERVAL_US);
  g_autoptr (MeshConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  guint n_answers = 0;

  connection = net_test_connect (&a, &b, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) answer = talk (&a, &b, cases[i].data, cases[i].len);

      g_assert_cmpint (answer != NULL, ==, cases[i].is_answered);
    }
  g_assert_nonnull (caps_of (caps_b, &a));
  g_assert_cmpuint (caps_of (caps_b, &a)->counter, ==, 0);
  /* Newer counts, older does not. */
  g_bytes_unref (talk (&a, &b, "\x04\x08\x09\x18\x05", 5));
  g_assert_cmpuint (caps_of (caps_b, &a)->up_bps, ==, 5);
  g_bytes_unref (talk (&a, &b, "\x04\x08\x08\x18\x06", 5));
  g_assert_cmpuint (caps_of (caps_b, &a)->up_bps, ==, 5);
  /* And too much is too much. */
  for (guint i = 0; i < 4 * MESH_CAPS_SERVICE_BURST; i++)
    {
      g_autoptr (GBytes) answer = talk (&a, &b, "\x00", 1);

      n_answers += answer != NULL ? 1 : 0;
    }
  g_assert_cmpuint (n_answers, <, 4 * MESH_CAPS_SERVICE_BURST);
  g_assert_false (mesh_connection_is_closed (connection));
  g_clear_object (&caps_b);
  net_test_node_clear (&a);
  net_test_node_clear (&b);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/caps-service/tell", test_tell);
  g_test_add_func ("/caps-service/foreign", test_foreign);
  g_test_add_func ("/caps-service/hostile", test_hostile);
  return g_test_run ();
}
