using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Feeds.Host.Tests.Proxies;

/// <summary>
/// nginx or Caddy as a process of this test's own, with one of the files that we give to operators. Only addresses and
/// folders in it are others; each of them must be there.
/// </summary>
internal sealed class FrontServer : IAsyncDisposable
{
    private const string Nginx = "/usr/sbin/nginx";
    private const string Caddy = "/usr/bin/caddy";
    private const string BrotliModule = "/usr/lib/nginx/modules/ngx_http_brotli_static_module.so";

    private readonly TestFolder folder;
    private readonly Process process;
    private readonly ConcurrentQueue<string> printed = [];

    private FrontServer(TestFolder folder, ProcessStartInfo start)
    {
        this.folder = folder;
        start.UseShellExecute = false;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => printed.Enqueue(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => printed.Enqueue(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>What this machine lacks of it, or null.</summary>
    public static string? Missing { get; } =
        File.Exists(Nginx) && File.Exists(BrotliModule) && File.Exists(Caddy) ? null : "nginx or Caddy (Debian: apt-get install nginx libnginx-mod-http-brotli-static caddy)";

    /// <summary>nginx with that file in its http block.</summary>
    /// <param name="file">Its name below <c>Proxies</c>.</param>
    /// <param name="port">Where it shall listen instead of at port 80.</param>
    /// <param name="places">What else stands in the file, and what shall stand there.</param>
    public static async Task<FrontServer> StartNginxAsync(string file, int port, params (string Written, string Meant)[] places)
    {
        var place = new TestFolder();
        place.Write(file, Adapt(file, [("listen 80;", string.Create(CultureInfo.InvariantCulture, $"listen 127.0.0.1:{port};")), .. places]));
        place.Write("nginx.conf", $$"""
            load_module {{BrotliModule}};
            daemon off;
            pid {{place["pid"]}};
            error_log stderr;
            worker_processes 1;
            {{(string.Equals(Environment.UserName, "root", StringComparison.Ordinal) ? "user root;" : "")}}
            events { }
            http {
                access_log off;
                client_body_temp_path {{place["body"]}};
                proxy_temp_path {{place["proxy"]}};
                fastcgi_temp_path {{place["fastcgi"]}};
                uwsgi_temp_path {{place["uwsgi"]}};
                scgi_temp_path {{place["scgi"]}};
                include {{place[file]}};
            }
            """);
        var server = new FrontServer(place, new ProcessStartInfo(Nginx, ["-e", "stderr", "-c", place["nginx.conf"]]));
        await server.WaitAsync(port);
        return server;
    }

    /// <summary>Caddy with its file; the first port is the program's site, the second one that of the folder.</summary>
    public static async Task<FrontServer> StartCaddyAsync(int sitePort, int filesPort, params (string Written, string Meant)[] places)
    {
        var place = new TestFolder();
        (string, string) filesSite = ("files.feeds.example {", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{filesPort} {{"));
        (string, string) site = ("feeds.example {", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{sitePort} {{"));
        place.Write("Caddyfile", Adapt("Caddyfile", [filesSite, site, .. places]));
        var start = new ProcessStartInfo(Caddy, ["run", "--adapter", "caddyfile", "--config", place["Caddyfile"]]);
        start.Environment["CADDY_ADMIN"] = $"unix/{place["admin.sock"]}";
        start.Environment["HOME"] = start.Environment["XDG_CONFIG_HOME"] = start.Environment["XDG_DATA_HOME"] = place.Path;
        var server = new FrontServer(place, start);
        await server.WaitAsync(sitePort);
        await server.WaitAsync(filesPort);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        // SIGTERM: nginx has another process, which it ends itself.
        using (var kill = Process.Start("/bin/kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync();
        }

        await process.WaitForExitAsync();
        process.Dispose();
        folder.Dispose();
    }

    private static string Adapt(string file, IReadOnlyList<(string Written, string Meant)> places)
    {
        var text = File.ReadAllText(Path.Combine(Here(), "..", "..", "..", "src", "Feeds.Host", "Proxies", file));
        foreach (var (written, meant) in places)
        {
            Assert.Contains(written, text, StringComparison.Ordinal);
            text = text.Replace(written, meant, StringComparison.Ordinal);
        }

        return text;
    }

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;

    private Task WaitAsync(int port) =>
        Eventually.TrueAsync(
            async () =>
            {
                Assert.False(process.HasExited, string.Join('\n', printed));
                using var client = new TcpClient();
                try
                {
                    await client.ConnectAsync(IPAddress.Loopback, port);
                    return true;
                }
                catch (SocketException)
                {
                    return false;
                }
            },
            () => $"it listens:\n{string.Join('\n', printed)}");
}
