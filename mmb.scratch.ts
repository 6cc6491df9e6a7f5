const load = async (path: string) => {
  const { kernelBinaries } = await import(path);
  const b = Uint8Array.from(atob(kernelBinaries.exact), (c: string) => c.charCodeAt(0));
  const memory = new WebAssembly.Memory({ initial: 512, maximum: 512, shared: true });
  new Float32Array(memory.buffer).fill(0.5); new Float32Array(memory.buffer,0,16).fill(0);
  return { k: new WebAssembly.Instance(new WebAssembly.Module(b), { env: { memory } }).exports as any, memory };
};
const sides = await Promise.all(process.argv.slice(2).map(load));
const { conv2dGeometry } = await import('#compile/simd/kernel-exports.ts');
const M=1048576;
const jobs: [string, number, (k:any, m:any)=>void][] = [];
for (const [m,n,kk,f] of [[64,64,4,0],[64,64,64,0],[64,64,64,1],[64,64,64,2],[64,2,64,0],[64,2,64,1],[64,64,2,2],[4,64,64,1],[128,84,120,0],[120,84,128,1],[128,120,84,2],[128,120,4,0],[32,128,1024,0],[1024,128,32,1],[32,1024,128,2],[256,256,256,0],[1,64,64,0],[64,10,800,0],[800,10,64,1],[64,800,10,2]]) {
 const lda = f&1?m:kk, ldb=f&2?kk:n;
 jobs.push([`${f==1?'At':f==2?'Bt':'  '} ${m}x${n}x${kk}`, 2*m*n*kk, (k)=>k.matmul(M,4*M,8*M,m,n,kk,lda,ldb,n,0,f,16*M)]);
}
for (const [batch,size,ci,co,density] of [[32,10,4,16,1],[32,10,4,16,0.06],[8,28,1,16,1],[8,13,16,32,1]]) {
  const g:any={inHeight:size,inWidth:size,inChannels:ci,outHeight:size-2,outWidth:size-2,outChannels:co,kernelHeight:3,kernelWidth:3,strideHeight:1,strideWidth:1,padTop:0,padLeft:0};
  const prep=(m:any)=>{ new Int32Array(m.buffer,1024,12).set(conv2dGeometry(g)); const im=new Float32Array(m.buffer,M,batch*size*size*ci); const e=Math.round(1/density); for(let i=0;i<im.length;i++) im[i]=i%e===0?1:0; };
  const fl=2*batch*(size-2)**2*9*ci*co; const nm=`conv ${ci}->${co} ${size} b${batch} d${density}`;
  const seen=new Set(); const p=(m:any)=>{ if(!seen.has(m)){seen.add(m);prep(m);} };
  jobs.push([nm+' fwd',fl,(k,m)=>{p(m);k.conv2d(M,4*M,0,8*M,1024,batch,0,16*M);}]);
  jobs.push([nm+' dw',fl,(k,m)=>{p(m);k.conv2dFilterGradient(M,8*M,4*M,1024,batch,0,9,16*M);}]);
  if(density===1) jobs.push([nm+' dx',fl,(k,m)=>{k.conv2dInputGradient(8*M,4*M,M,1024,batch,16*M);}]);
}
const only = process.env.ONLY ?? '';
for (const [name, flops, work] of jobs) { if(!name.includes(only)) continue;
  const best = sides.map(()=>Infinity); const reps=Math.max(1,Math.round(1e6/flops));
  const t0=performance.now();
  for (let r=0; r<100 || performance.now()-t0 < 700; r++) sides.forEach(({k,memory},i)=>{ const s=performance.now(); for(let j=0;j<reps;j++) work(k,memory); const t=(performance.now()-s)/reps; if(r>20||r>50) best[i]=Math.min(best[i],t); });
  console.log(name.padEnd(28), best.map(b=>`${(b*1000).toFixed(2).padStart(8)}us ${(flops/b/1e6).toFixed(1).padStart(5)}`).join('  '), (best[0]/best[best.length-1]).toFixed(3));
}
