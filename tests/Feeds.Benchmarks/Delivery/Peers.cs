using System.Globalization;

namespace Feeds.Benchmarks.Delivery;

/// <summary>Other programs that send the same message to many; each measures itself from its first message to its last answer.</summary>
internal sealed class Peers
{
    private const string NodemailerVersion = "10.6.0";

    private const string NodemailerProgram =
        """
        const fs = require('fs');
        const [port, connections, count, key] = process.argv.slice(2);
        const transport = require('nodemailer').createTransport({
          host: '127.0.0.1', port: +port, ignoreTLS: true, pool: true, maxConnections: +connections, maxMessages: Infinity,
          ...(key ? { dkim: { domainName: 'journal.example', keySelector: 's1', privateKey: fs.readFileSync(key, 'utf8') } } : {}),
        });
        const html = fs.readFileSync('letter.html', 'utf8'), text = fs.readFileSync('letter.txt', 'utf8'), subject = fs.readFileSync('subject.txt', 'utf8');
        const send = number => transport.sendMail({
          from: 'a@journal.example', to: `reader${number}@journal.example`, subject, html, text,
          list: { unsubscribe: `https://journal.example/unsubscribe/${number}` },
        });
        (async () => {
          const start = process.hrtime.bigint();
          let next = 0;
          // As many as it takes to keep every connection busy, without holding all messages at once.
          await Promise.all(Array.from({ length: 4 * connections }, async () => { while (next < count) await send(next++); }));
          console.log(count / (Number(process.hrtime.bigint() - start) / 1e9));
          transport.close();
        })();
        """;

    private const string PythonProgram =
        """
        import os, smtplib, sys, threading, time, traceback
        from email.message import EmailMessage
        port, connections, count = map(int, sys.argv[1:])
        html, text, subject = (open(name, encoding='utf-8').read() for name in ('letter.html', 'letter.txt', 'subject.txt'))

        def send(first):
            with smtplib.SMTP('127.0.0.1', port) as server:
                for number in range(first, count, connections):
                    message = EmailMessage()
                    message['From'], message['To'], message['Subject'] = 'a@journal.example', f'reader{number}@journal.example', subject
                    message['List-Unsubscribe'] = f'<https://journal.example/unsubscribe/{number}>'
                    message.set_content(text, cte='quoted-printable')
                    message.add_alternative(html, subtype='html', cte='quoted-printable')
                    server.send_message(message)

        # A thread that fails would leave its messages out.
        threading.excepthook = lambda failed: (traceback.print_exception(failed.exc_value), os._exit(1))
        start = time.perf_counter()
        threads = [threading.Thread(target=send, args=(first,)) for first in range(connections)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        print(count / (time.perf_counter() - start))
        """;

    private readonly WorkFolder work;

    private Peers(WorkFolder work) => this.work = work;

    /// <summary>A sentence where nodemailer can't be had, or null.</summary>
    public string? NodemailerLacking { get; private set; }

    public static async Task<Peers> PrepareAsync(WorkFolder work)
    {
        var peers = new Peers(work);
        await File.WriteAllTextAsync(work["letter.html"], Letter.Html);
        await File.WriteAllTextAsync(work["letter.txt"], Letter.Text);
        await File.WriteAllTextAsync(work["subject.txt"], Letter.Subject);
        await File.WriteAllTextAsync(work["nodemailer.js"], NodemailerProgram);
        await File.WriteAllTextAsync(work["send.py"], PythonProgram);
        try
        {
            Tool.Need("nodejs", "npm");
            await Tool.OutputAsync(work.Path, "npm", "install", "--no-audit", "--no-fund", "--prefix", work.Path, $"nodemailer@{NodemailerVersion}");
        }
        catch (BenchmarkException lacking)
        {
            peers.NodemailerLacking = $"nodemailer {NodemailerVersion} can't be had, so nothing is compared with it: {lacking.Message.Split('\n')[0]}";
        }

        return peers;
    }

    public async Task<double> NodemailerAsync(int port, int connections, int messages, string? dkimKey) =>
        await RateAsync("node", work["nodemailer.js"], Number(port), Number(connections), Number(messages), dkimKey ?? "");

    public async Task<double> PythonAsync(int port, int connections, int messages) =>
        await RateAsync("python3", work["send.py"], Number(port), Number(connections), Number(messages));

    /// <summary>Postfix's load generator; a whole process, but one that starts in a hundredth of a second.</summary>
    public async Task<double> SmtpSourceAsync(int port, int connections, int messages, long size)
    {
        var run = await Tool.MeasureAsync(
            work, "/usr/sbin/smtp-source", "-s", Number(connections), "-m", Number(messages), "-l", Number(size), "-f", "a@journal.example", "-t", "b@journal.example", $"127.0.0.1:{Number(port)}");
        return messages / run.Wall.TotalSeconds;
    }

    /// <summary>RSA-2048 signatures a second by one core.</summary>
    public async Task<double> OpensslSignsAsync()
    {
        var output = await Tool.OutputAsync(work.Path, "openssl", "speed", "-seconds", "2", "rsa2048");
        // "rsa  2048 bits 0.000300s 0.000010s   3333.3 100000.0": sign, verify, signs a second, verifies a second.
        var line = output.Split('\n').Single(line => line.StartsWith("rsa", StringComparison.Ordinal) && line.Contains("2048 bits", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[5], CultureInfo.InvariantCulture);
    }

    /// <summary>A key as operators make it.</summary>
    public async Task<string> DkimKeyAsync()
    {
        var file = work["dkim.pem"];
        await Tool.OutputAsync(work.Path, "openssl", "genrsa", "-out", file, "2048");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return file;
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private async Task<double> RateAsync(params string[] command) =>
        double.Parse((await Tool.OutputAsync(work.Path, command)).Trim(), CultureInfo.InvariantCulture);
}
